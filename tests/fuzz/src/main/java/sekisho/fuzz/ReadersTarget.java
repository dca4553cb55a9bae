package sekisho.fuzz;

import sekisho.inspection.CmsFuzz;
import sekisho.inspection.MessageFuzz;
import sekisho.inspection.Ole2Fuzz;
import sekisho.inspection.PdfFuzz;
import sekisho.inspection.PemFuzz;
import sekisho.inspection.RarFuzz;
import sekisho.inspection.RtfFuzz;
import sekisho.inspection.SevenZipFuzz;
import sekisho.inspection.TarFuzz;
import sekisho.inspection.TnefFuzz;
import sekisho.inspection.ZipFuzz;

/**
 * A file in the hands of each of the readers that look into files, whatever it begins with, and without the net that a look has below them: an exception of
 * our own is a find.
 */
public final class ReadersTarget {

    private ReadersTarget() {
    }

    public static void fuzzerTestOneInput(byte[] file) {
        CmsFuzz.fuzzerTestOneInput(file);
        MessageFuzz.fuzzerTestOneInput(file);
        Ole2Fuzz.fuzzerTestOneInput(file);
        PdfFuzz.fuzzerTestOneInput(file);
        PemFuzz.fuzzerTestOneInput(file);
        RarFuzz.fuzzerTestOneInput(file);
        RtfFuzz.fuzzerTestOneInput(file);
        SevenZipFuzz.fuzzerTestOneInput(file);
        TarFuzz.fuzzerTestOneInput(file);
        TnefFuzz.fuzzerTestOneInput(file);
        ZipFuzz.fuzzerTestOneInput(file);
    }
}
