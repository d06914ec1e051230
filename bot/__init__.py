"""The user interfaces, Discord and the command line. They render what retrieval returns."""
