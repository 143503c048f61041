"""The manifest files: folders walked, bytes decoded, YAML parsed, everything wrong told at once."""

from reconciler.adapters.files.loading import Loaded, LoadOptions, load_catalog

__all__ = ["LoadOptions", "Loaded", "load_catalog"]
