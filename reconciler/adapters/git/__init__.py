"""Facts about the git repository that the manifests lie in; reading only, and content without git."""
