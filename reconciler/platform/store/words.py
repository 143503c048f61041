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
