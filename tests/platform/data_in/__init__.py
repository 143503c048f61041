"""What comes into the platform: annotations, experiments and their exports."""
