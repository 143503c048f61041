"""Export: list ─ pair with the manifests there are ─ read whole ─ draft ─ look names up ─ prove by planning ─ write."""

from reconciler.engine.exporting.export import ExportRequest, export

__all__ = ["ExportRequest", "export"]
