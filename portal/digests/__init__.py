"""The town's week on one page: what to do, what is late, what comes; on screen, on paper and by mail."""
