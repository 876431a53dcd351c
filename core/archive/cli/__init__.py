"""The verbs that look after an archive: check, compact, vacuum, delete."""
