"""Live deployments in the words of manifests: what each is called there, what it declares, what changes in a file."""
