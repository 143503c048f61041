"""A branch of a git repository as a home: an append is a commit, and the push is the comparison and the swap."""
