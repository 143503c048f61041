"""What the official SDK is made to do, in that SDK's own interpreter: only the SDK and the standard library here."""
