"""Every code that a diagnostic about manifests can carry, and what it means; codes never change their meaning."""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, str]] = {
    # files
    "path-not-found": "A path that was given does not exist.",
    "unreadable": "The operating system refuses to hand out a file or folder.",
    "file-too-large": "A file exceeds 4 MiB, 10,000 documents or 500,000 values.",
    "wrong-encoding": "A file is not UTF-8.",
    "control-character": "A character that YAML forbids, or that editors and parsers count differently.",
    "empty-catalog": "There is no manifest at all, and nobody asked for that.",
    # YAML
    "yaml-syntax": "A file is not YAML.",
    "yaml-directive": "A file asks for a version of YAML, or declares tags.",
    "too-deep": "Values are nested more than 64 levels deep.",
    "too-many-values": "One document holds more than 20,000 values.",
    "too-many-aliases": "The aliases of one document stand for more than 10,000 values.",
    "unknown-alias": "An alias stands for an anchor that was not declared before it.",
    "tag": "A value carries a YAML tag.",
    "complex-key": "A key is a list or a mapping, such as the braces of a template.",
    "merge-value": "Something that is no mapping is merged with `<<`.",
    "duplicate-key": "A mapping declares a key twice.",
    # documents
    "not-a-manifest": "A document has no apiVersion or no kind.",
    "unknown-api-version": "A document is of a format that this program does not know.",
    "unknown-kind": "A document is of a kind that this program does not know.",
    "status-ignored": "A manifest carries a status, which is never read.",
    # fields
    "unknown-field": "A mapping has a field that does not exist.",
    "missing-field": "A mapping lacks a field that it cannot do without.",
    "no-value": "A field is null where that means nothing.",
    "wrong-type": "A value is of another type than the field takes.",
    "out-of-range": "A number lies outside what the field takes.",
    "unknown-value": "A word is none of those that the field takes.",
    "invalid-name": "A name has a form that cannot be used.",
    "quote-version": "A version without quotes is a number, a date or a time to some YAML tool.",
    "dataset-latest": "A dataset version is called latest, which does not exist.",
    "repeated-item": "A list, which is a set, holds something twice.",
    # rules
    "model-latest": "A model version is called latest: it moves without git.",
    "model-latest-in-training": "A model version is called latest while continuous training makes new ones.",
    "shadow-is-champion": "Champion and shadow are the same version.",
    "training-group-incomplete": "Project, trigger and parameters of a training are declared only in part.",
    "two-kinds-of-parameters": "A training has both experimentParameters and scanConfig.",
    "empty-parameters": "A training has parameters without a single one.",
    "mixed-parameters": "Parameters are taken from an experiment and written out at once.",
    "unsendable-number": "A parameter is a number that JSON cannot carry.",
    "trigger-without-threshold": "A trigger on the feedback loop does not say after how many images.",
    "threshold-without-event": "A trigger has a threshold that no event reaches.",
    "trigger-without-loop": "A training waits for a feedback loop that is switched off.",
    "dataset-under-two-aliases": "A training knows one dataset version under two aliases.",
    "deployment-without-training": "Continuous deployment is active and no continuous training is declared.",
    "unknown-ownership-path": "A key of ownership is no field that can be owned.",
    "ownership-too-fine": "A key of ownership is part of a block that the API only replaces as a whole.",
    "ownership-without-field": "Ownership is declared for a field that is not.",
    "policy-slot-managed": "The model slot that an active policy writes is declared Managed.",
    "removal-contradiction": "A deployment is to be deleted on removal and never to be deleted.",
    "removal-without-effect": "A setting of lifecycle has no effect beside the others.",
    "rename-to-itself": "A deployment is renamed from the name it has.",
    "annotation-time": "An annotation that holds an instant cannot be read as one.",
    "hold-without-end": "A hold has a reason and no end.",
    "unknown-annotation": "An annotation of ours has a name that nothing reads.",
    # between manifests
    "duplicate-name": "Two manifests have one name.",
    "duplicate-platform-name": "Two manifests declare one deployment of the platform.",
    "unknown-dependency": "A dependency names no manifest.",
    "depends-on-itself": "A deployment depends on itself.",
    "dependency-cycle": "Deployments wait for each other in a circle.",
    "rename-source-shared": "Two manifests rename the same deployment.",
    "rename-cycle": "Renames wait for each other in a circle.",
}
