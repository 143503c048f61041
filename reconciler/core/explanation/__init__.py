"""Why a deployment is as it is: every declared field with what is desired, live and applied, and what follows."""
