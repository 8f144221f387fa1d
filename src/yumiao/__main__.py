"""``python -m yumiao`` is the ``yumiao`` command."""

from yumiao.cli.app import main

if __name__ == "__main__":
    main()
