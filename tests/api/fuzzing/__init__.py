"""What schemathesis is helped with: an archive, identifiers that exist, and laws between fields."""
