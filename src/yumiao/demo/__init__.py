"""An invented district: made-up enterprises in the kind of files a bureau keeps, to see the program at work.

Towns are real places; every enterprise, code and figure is made up.
"""

from yumiao.demo.bundle import AS_OF, NOTICE, DemoFiles, write_demo
from yumiao.demo.district import make_district

__all__ = ["AS_OF", "NOTICE", "DemoFiles", "make_district", "write_demo"]
