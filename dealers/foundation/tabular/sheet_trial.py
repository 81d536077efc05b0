"""A spreadsheet opened on trial, in a process of its own that may die of it.

The library keeps a sheet as one rectangle up to its last cell and ends the whole process when that does not fit into
memory: a file of 5 KB with one cell in the far corner asks for half a terabyte. Run as a script with the file on its
input and the bytes of memory it may use; ends with 0 when the sheets could be opened or were refused in good order.
"""

import io
import resource
import sys


def main() -> int:
    allowed = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for sheet in workbook.sheets_metadata:
            if sheet.visible == SheetVisibleEnum.Visible and workbook.get_sheet_by_name(sheet.name).height:
                return 0
    except MemoryError:
        return 1
    except Exception:
        return 0  # whoever reads it in earnest says what is wrong with it
    return 0


if __name__ == "__main__":
    sys.exit(main())
