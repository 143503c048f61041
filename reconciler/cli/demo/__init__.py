"""The demo: a story of real commands, each checked to do what the story says."""
