"""What can go wrong for somebody who runs the command, each situation with its documented end."""
