"""People: who they are to the platform, which role and places they have, which enterprises they speak for."""
