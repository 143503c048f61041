"""Proofs about carrying plans out."""
