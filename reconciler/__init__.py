"""Declarative Deployments for Picsellia-compatible platforms: load, observe, plan, apply, watch for drift."""

__version__ = "0.1.0"
