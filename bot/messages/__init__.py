"""Values as Discord messages: layouts within Discord's limits, whatever a release holds."""
