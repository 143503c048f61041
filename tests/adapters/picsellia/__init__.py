"""Tests of the platform adapter: over the embedded platform where meaning counts, over mocks where faults do."""
