"""``python -m modelus_bot`` does what ``modelus-bot`` does."""

from modelus_bot.cli import main

if __name__ == "__main__":
    main()
