"""The enumerations of the wire protocol (section 3.1): each value is written exactly as clients read it."""

from enum import StrEnum


class InferenceType(StrEnum):
    """What a model infers, a dataset version is annotated for, and a deployment accepts."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    CLASSIFICATION = "CLASSIFICATION"
    OBJECT_DETECTION = "OBJECT_DETECTION"
    SEGMENTATION = "SEGMENTATION"
    POINT = "POINT"
    KEYPOINT = "KEYPOINT"
    LINE = "LINE"
    MASK = "MASK"
    MULTI = "MULTI"


class Framework(StrEnum):
    """What a model file was written by."""

    TENSORFLOW = "TENSORFLOW"
    PYTORCH = "PYTORCH"
    ONNX = "ONNX"
    NOT_CONFIGURED = "NOT_CONFIGURED"


class TagTarget(StrEnum):
    """What a tag may be put on."""

    DATA = "DATA"
    ASSET = "ASSET"
    MODEL_VERSION = "MODEL_VERSION"
    MODEL = "MODEL"
    DATASET_VERSION = "DATASET_VERSION"
    DATASET = "DATASET"
    DEPLOYMENT = "DEPLOYMENT"
    PREDICTED_ASSET = "PREDICTED_ASSET"


class DataType(StrEnum):
    """What kind of file a data is."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class UploadStatus(StrEnum):
    """How far the bytes of a data have come."""

    PENDING = "PENDING"
    COMPUTING = "COMPUTING"
    ERROR = "ERROR"
    DONE = "DONE"


class ObjectKind(StrEnum):
    """What a stored object is for; decides where its name begins."""

    AGENTS_REPORT = "AGENTS_REPORT"
    ARTIFACT = "ARTIFACT"
    DATA = "DATA"
    DATA_PROJECTION = "DATA_PROJECTION"
    LOGGING = "LOGGING"
    LOG_IMAGE = "LOG_IMAGE"
    MODEL_FILE = "MODEL_FILE"
    MODEL_THUMB = "MODEL_THUMB"
    CAMPAIGN_FILE = "CAMPAIGN_FILE"
    REVIEW_CAMPAIGN_FILE = "REVIEW_CAMPAIGN_FILE"
    SCAN_FILE = "SCAN_FILE"


class JobStatus(StrEnum):
    """States of a version 1 job."""

    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"


class JobRunStatus(StrEnum):
    """States of a version 2 job."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class TrainingType(StrEnum):
    """What a continuous training launches."""

    EXPERIMENT = "EXPERIMENT"
    SCAN = "SCAN"


class Trigger(StrEnum):
    """What starts a continuous training."""

    FEEDBACK_LOOP = "FEEDBACK_LOOP"
    NONE = "NONE"


class Policy(StrEnum):
    """What continuous deployment does with a new model version."""

    DEPLOY_CHAMPION = "DEPLOY_CHAMPION"
    DEPLOY_SHADOW = "DEPLOY_SHADOW"
    DEPLOY_MANUAL = "DEPLOY_MANUAL"


class Serving(StrEnum):
    """Who infers: the platform, or the owner of the deployment."""

    MANAGED = "MANAGED"
    OWN = "OWN"


class ReferenceStatus(StrEnum):
    """How far the computation of a training-data reference has come."""

    PENDING = "PENDING"
    COMPUTING = "COMPUTING"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"


class ModelRole(StrEnum):
    """The two slots of a deployment."""

    CHAMPION = "CHAMPION"
    SHADOW = "SHADOW"


class ReviewState(StrEnum):
    """How far a predicted asset has come on its one-way road into a dataset."""

    TO_REVIEW = "TO_REVIEW"
    REVIEWED = "REVIEWED"
    SUBMITTED = "SUBMITTED"


class ModelCause(StrEnum):
    """Why a slot of a deployment changed."""

    USER = "USER"
    CONTINUOUS_DEPLOYMENT = "CONTINUOUS_DEPLOYMENT"
    PROMOTION = "PROMOTION"


class TokenScope(StrEnum):
    """What a token may do."""

    READ = "READ"
    WRITE = "WRITE"


class ShapeKind(StrEnum):
    """What a person may put on an asset; the value is the word clients use for many of them."""

    CLASSIFICATION = "classifications"
    RECTANGLE = "rectangles"
    POLYGON = "polygons"
    LINE = "lines"
    POINT = "points"
    MASK = "masks"
    KEYPOINT = "keypoints"


class AnnotationStatus(StrEnum):
    """What was decided about an annotation."""

    PENDING = "PENDING"
    SKIPPED = "SKIPPED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class ImportMode(StrEnum):
    """What an import does to an asset that is annotated already."""

    REPLACE = "REPLACE"
    KEEP = "KEEP"
    CONCATENATE = "CONCATENATE"


class EvaluationMode(StrEnum):
    """What a new evaluation does to an asset that the experiment evaluated already."""

    KEEP = "KEEP"
    REPLACE = "REPLACE"


class AnnotationFile(StrEnum):
    """A format that annotations are exported in."""

    PASCAL_VOC = "PASCAL_VOC"
    COCO = "COCO"
    YOLO = "YOLO"


class ExportKey(StrEnum):
    """What an exported file calls an image by."""

    ASSET_ID = "ASSET_ID"
    DATA_ID = "DATA_ID"
    FILENAME = "FILENAME"
    OBJECT_NAME = "OBJECT_NAME"


class ExperimentStatus(StrEnum):
    """How far a training run has come."""

    RUNNING = "RUNNING"
    CANCELED = "CANCELED"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"
    WAITING = "WAITING"
    SUCCESS = "SUCCESS"


class LogType(StrEnum):
    """How a log of an experiment is shown, and what its data are."""

    VALUE = "VALUE"
    IMAGE = "IMAGE"
    LINE = "LINE"
    TABLE = "TABLE"
    BAR = "BAR"
    HEATMAP = "HEATMAP"
    LABELMAP = "LABELMAP"
    EVALUATION = "EVALUATION"


class AlertMetric(StrEnum):
    """What an alert watches (behaviour 4.4)."""

    LATENCY = "latency"
    MEAN_LATENCY = "avg_latency"
    OUTLIER = "is_outlier"
    DRIFT = "is_drift"
    AVERAGE_PRECISION = "stats.ap_50_95"
    DISTRIBUTION = "distribution"


class AlertOperator(StrEnum):
    """How an alert compares what it watches with its value."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"


class AlertState(StrEnum):
    """What an alert came to; UNKNOWN where there is nothing to compare yet."""

    UNKNOWN = "UNKNOWN"
    QUIET = "QUIET"
    TRIGGERED = "TRIGGERED"
