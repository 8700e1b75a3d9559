"""The core: money, tables, words, the store."""
