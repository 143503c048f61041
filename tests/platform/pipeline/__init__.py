"""The pipeline, from a submission to a deployed version: its laws, its crashes, its two stores."""
