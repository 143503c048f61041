"""Trainers: what they honour, what they refuse, what their files say."""
