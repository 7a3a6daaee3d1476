"""The program of a decode process: `python -m explorer.decoding`."""

import gc
import sys

if __name__ == "__main__":
    # Imported modules stay until the end. Looking for garbage among them takes a tenth of the time
    # of importing them.
    gc.disable()
    from explorer.decoding.decode_server import main

    gc.freeze()
    gc.enable()
    sys.exit(main())
