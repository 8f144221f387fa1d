"""The files that six bureaus of an invented district send: thousands of firms, three years, holes and faults.

Everything follows from a seed and a day; the same seed, size and day give the same bytes.
"""

from yumiao.demo.bureaus.district import SEED, SIZE, BureauFile, BureauFiles, make_bureau_files

__all__ = ["SEED", "SIZE", "BureauFile", "BureauFiles", "make_bureau_files"]
