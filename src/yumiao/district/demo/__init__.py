"""A demo district: the invented files of `yumiao.demo.bureaus` imported, judged, and ready to be looked at."""
