"""An index on disk, opened: releases, vectors, terms and names."""
