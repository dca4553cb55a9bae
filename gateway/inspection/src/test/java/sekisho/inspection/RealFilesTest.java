package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that the tools made which people make them with. */
class RealFilesTest {
    @TempDir
    static Path folder;

    static Workshop workshop;

    @BeforeAll
    static void filesToStartFrom() {
        workshop = new Workshop(folder);
        workshop.put("rar5.rar", Rar.five(new Rar.File("a.txt", true, false)));
        workshop.put("rar5e.rar", Rar.five(new Rar.File("a.txt", true, false), new Rar.File("b.txt", true, true)));
    }

    @ParameterizedTest(name = "{0} {4}")
    @CsvSource(delimiter = '¦', quoteCharacter = '"', textBlock = """
        # how it is made                                                                                                       ¦ type  ¦ found    ¦ why
        zip -q x.zip a.txt b.csv c.png && mv x.zip out                                                                         ¦ zip   ¦ NONE     ¦ none
        zip -q -P secret x.zip a.txt && mv x.zip out                                                                           ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q x.zip a.txt && zip -q -P secret x.zip b.csv && mv x.zip out                                                     ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P secret - a.txt | cat > out                                                                                   ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q - a.txt plain.docx | cat > out                                                                                  ¦ zip   ¦ NONE     ¦ none
        zip -q -0 x.zip a.txt plain.docx && mv x.zip out                                                                       ¦ zip   ¦ NONE     ¦ none
        zip -q -fz x.zip a.txt && mv x.zip out                                                                                 ¦ zip   ¦ NONE     ¦ none
        zip -q -fz -P secret x.zip a.txt && mv x.zip out                                                                       ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q x.zip a.txt && zip -q -P s x.zip b.csv && (cat c.png; cat x.zip) > out; rm x.zip                                ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip b.csv && (cat a.txt; cat x.zip) > y.zip && zip -q -A y.zip && mv y.zip out; rm x.zip                 ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && zip -q -1 y.zip x.zip && mv y.zip out; rm x.zip                                             ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && zip -q -0 y.zip b.csv x.zip && mv y.zip out; rm x.zip                                       ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && zip -q y.zip x.zip && zip -q z.zip y.zip && mv z.zip out; rm x.zip y.zip                    ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (printf '本文です'; cat x.zip) > x.dat && zip -q -0 y.zip x.dat && mv y.zip out; rm x.zip       ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (printf '本文です'; cat x.zip) > x.dat && zip -q y.zip x.dat && mv y.zip out; rm x.zip           ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (cat c.png; cat x.zip) > x.dat && zip -q -9 y.zip b.csv x.dat && mv y.zip out; rm x.zip     ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (printf 'text'; cat x.zip) > x.dat && gzip -c x.dat > out; rm x.zip                         ¦ gz    ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (printf 'text'; cat x.zip) > x.dat && xz -c x.dat > out; rm x.zip                           ¦ xz    ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (printf 'text'; cat x.zip) > x.dat && 7zz a -bso0 x.7z x.dat && mv x.7z out; rm x.zip       ¦ 7z    ¦ PASSWORD ¦ zip-crypto
        7zz a -bso0 -psecret x.7z a.txt && (cat a.txt; cat x.7z) > x.dat && zip -q y.zip x.dat && mv y.zip out; rm x.7z        ¦ zip   ¦ PASSWORD ¦ 7z-content
        zip -q -P s x.zip a.txt && mv x.zip invoice.docx && mv invoice.docx out                                                ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s -s 64k x.zip c.png plain.xls plain.ppt && mv x.zip out; rm -f x.z0*                                        ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q -fz -P s x.zip b.csv && (cat c.png; cat x.zip) > out; rm x.zip                                                  ¦ zip   ¦ PASSWORD ¦ zip-crypto
        zip -q x.zip b.csv && (cat c.png; cat x.zip) > out; rm x.zip                                                           ¦ zip   ¦ NONE     ¦ none
        (head -c 32769 /dev/zero; printf 'CD001'; head -c 4000 /dev/zero) > out                                                ¦ iso   ¦ OPAQUE   ¦ iso
        (head -c 32769 /dev/zero; printf 'BEA01'; head -c 4000 /dev/zero) > out                                                ¦ iso   ¦ OPAQUE   ¦ iso
        (printf GIF89a; head -c 32763 /dev/zero; printf CD001; head -c 99 /dev/zero) > out                                     ¦ iso   ¦ OPAQUE   ¦ iso
        (head -c 32769 /dev/zero; printf 'CD001'; head -c 4000 /dev/zero) > x.img; zip -q x.zip x.img && mv x.zip out; rm x.img ¦ zip   ¦ OPAQUE   ¦ iso
        (head -c 32769 /dev/zero; printf 'CD001'; head -c 4000 /dev/zero) > x.img; zip -q -0 x.zip x.img && mv x.zip out; rm x.img ¦ zip   ¦ OPAQUE   ¦ iso
        (head -c 70000 /dev/zero; printf 'conectix'; head -c 504 /dev/zero) > out                                              ¦ vhd   ¦ OPAQUE   ¦ vhd
        (head -c 70000 /dev/zero; printf 'conectix'; head -c 504 /dev/zero) > x.vhd; gzip -c x.vhd > out; rm x.vhd             ¦ gz    ¦ OPAQUE   ¦ vhd
        (printf conectix; head -c 900 /dev/zero) > out                                                                         ¦ vhd   ¦ OPAQUE   ¦ vhd
        (printf vhdxfile; head -c 900 /dev/zero) > out                                                                         ¦ vhdx  ¦ OPAQUE   ¦ vhdx
        (head -c 64 /dev/zero; printf '\\177\\020\\332\\276'; head -c 4000 /dev/zero) > out                                    ¦ vdi   ¦ OPAQUE   ¦ vdi
        (printf KDMV; head -c 900 /dev/zero) > out                                                                             ¦ vmdk  ¦ OPAQUE   ¦ vmdk
        printf '# Disk DescriptorFile\\nversion=1\\n' > out                                                                    ¦ vmdk  ¦ OPAQUE   ¦ vmdk
        (printf 'QFI\\373\\0\\0\\0\\3'; head -c 900 /dev/zero) > out                                                           ¦ qcow  ¦ OPAQUE   ¦ qcow
        (head -c 70000 /dev/zero; printf 'koly\\0\\0\\0\\4\\0\\0\\2\\0'; head -c 500 /dev/zero) > out                          ¦ dmg   ¦ OPAQUE   ¦ dmg
        (printf '\\353R\\220NTFS    '; head -c 900 /dev/zero) > out                                                            ¦ img   ¦ OPAQUE   ¦ img
        (printf '\\353<\\220MSDOS5.0\\0\\2\\4\\1\\0\\2\\0\\2\\0\\0\\370'; head -c 488 /dev/zero; printf 'U\\252'; head -c 900 /dev/zero) > out ¦ img   ¦ OPAQUE   ¦ img
        (head -c 446 /dev/zero; printf '\\200\\0\\2\\0\\7\\0\\0\\0\\0\\10\\0\\0\\0\\0\\1\\0'; head -c 48 /dev/zero; printf 'U\\252'; head -c 900 /dev/zero) > out ¦ img   ¦ OPAQUE   ¦ img
        (head -c 510 /dev/zero; printf 'U\\252'; head -c 900 /dev/zero) > out                                                  ¦ unknown ¦ NONE     ¦ none
        (head -c 1080 /dev/zero; printf 'S\\357\\1'; head -c 4000 /dev/zero) > out                                             ¦ img   ¦ OPAQUE   ¦ img
        (head -c 1024 /dev/zero; printf 'H+\\0\\4'; head -c 4000 /dev/zero) > out                                              ¦ img   ¦ OPAQUE   ¦ img
        (printf hsqs; head -c 900 /dev/zero) > out                                                                             ¦ squashfs ¦ OPAQUE   ¦ squashfs
        (printf 'E=\\315('; head -c 900 /dev/zero) > out                                                                       ¦ cramfs ¦ OPAQUE   ¦ cramfs
        (printf '!<arch>\\ndebian-binary   1764547200  0     0     100644  4         `\\n2.0\\n') > out                        ¦ ar    ¦ OPAQUE   ¦ ar
        printf '070701%0104d' 0 > out                                                                                          ¦ cpio  ¦ OPAQUE   ¦ cpio
        printf '070707%070d' 0 > out                                                                                           ¦ cpio  ¦ OPAQUE   ¦ cpio
        printf '070701 is my number' > out                                                                                     ¦ text  ¦ NONE     ¦ none
        printf '\\307q\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\0\\0\\0\\0a\\0' > out                      ¦ cpio  ¦ OPAQUE   ¦ cpio
        (printf '\\355\\253\\356\\333\\3\\0'; head -c 900 /dev/zero) > out                                                     ¦ rpm   ¦ OPAQUE   ¦ rpm
        (printf 'xar!\\0\\034'; head -c 900 /dev/zero) > out                                                                   ¦ xar   ¦ OPAQUE   ¦ xar
        (printf 'P*M\\030\\0\\0\\0\\0'; head -c 900 /dev/zero) > out                                                           ¦ zst   ¦ OPAQUE   ¦ zst
        (printf '!BDN'; head -c 900 /dev/zero) > out                                                                           ¦ pst   ¦ OPAQUE   ¦ pst
        (printf 'AC1018\\0\\0\\0\\0\\0\\0'; head -c 12 /dev/zero; printf '\\1\\0\\0\\0'; head -c 900 /dev/zero) > out          ¦ dwg   ¦ PASSWORD ¦ dwg-encrypted
        (printf 'AC1018\\0\\0\\0\\0\\0\\0'; head -c 900 /dev/zero) > out                                                       ¦ dwg   ¦ NONE     ¦ none
        (printf 'AC1015\\0\\0\\0\\0\\0\\0'; head -c 12 /dev/zero; printf '\\1\\0\\0\\0'; head -c 900 /dev/zero) > out          ¦ dwg   ¦ NONE     ¦ none
        printf 'AC1018 is the version of AutoCAD 2004, says this text.' > out                                                  ¦ dwg   ¦ NONE     ¦ none
        (cat plain.pdf; head -c 40000 /dev/zero) | head -c 32769 > out; (printf NSR02; cat plain.pdf) >> out                   ¦ pdf   ¦ OPAQUE   ¦ iso
        cp /bin/true out                                                                                                       ¦ elf   ¦ OPAQUE   ¦ program
        7zz a -bso0 -psecret x.7z a.txt && (cat /bin/true; cat x.7z) > out; rm x.7z                                            ¦ elf   ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 x.7z a.txt && (cat /bin/true; cat x.7z) > out; rm x.7z                                                     ¦ elf   ¦ OPAQUE   ¦ program
        zip -q -P s x.zip a.txt && (cat /bin/true; cat x.zip) > out; rm x.zip                                                  ¦ elf   ¦ PASSWORD ¦ zip-crypto
        zip -q x.zip a.txt && head -c -30 x.zip > out; rm x.zip                                                                ¦ zip   ¦ UNKNOWN  ¦ zip-damaged
        zip -q -P s x.zip a.txt && head -c -30 x.zip > out; rm x.zip                                                           ¦ zip   ¦ PASSWORD ¦ zip-encrypted
        7zz a -bso0 -tzip -psecret -mem=AES256 x.zip a.txt && mv x.zip out                                                     ¦ zip   ¦ PASSWORD ¦ zip-aes
        7zz a -bso0 -tzip x.zip a.txt && 7zz a -bso0 -tzip -psecret -mem=AES128 x.zip b.csv && mv x.zip out                    ¦ zip   ¦ PASSWORD ¦ zip-aes
        7zz a -bso0 -tzip -mm=LZMA x.zip a.txt plain.docx && mv x.zip out                                                      ¦ zip   ¦ NONE     ¦ none
        7zz a -bso0 -tzip -mm=BZip2 x.zip a.txt plain.docx && mv x.zip out                                                     ¦ zip   ¦ NONE     ¦ none
        7zz a -bso0 -tzip -mm=Deflate64 x.zip a.txt plain.docx && mv x.zip out                                                 ¦ zip   ¦ NONE     ¦ none
        7zz a -bso0 -tzip -mm=xz x.zip a.txt plain.docx && mv x.zip out                                                        ¦ zip   ¦ NONE     ¦ none
        7zz a -bso0 -tzip -mm=PPMd x.zip a.txt && mv x.zip out                                                                 ¦ zip   ¦ UNKNOWN  ¦ zip-method
        zip -q -P s x.zip a.txt && 7zz a -bso0 -tzip -mm=LZMA y.zip x.zip && mv y.zip out; rm x.zip                            ¦ zip   ¦ PASSWORD ¦ zip-crypto
        cat plain.docx > out                                                                                                   ¦ ooxml ¦ NONE     ¦ none
        cat plain.xlsx > out                                                                                                   ¦ ooxml ¦ NONE     ¦ none
        7zz a -bso0 x.7z a.txt b.csv c.png && mv x.7z out                                                                      ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -mhe=on -psecret x.7z a.txt && mv x.7z out                                                                 ¦ 7z    ¦ PASSWORD ¦ 7z-names
        7zz a -bso0 -mhe=off -psecret x.7z a.txt && mv x.7z out                                                                ¦ 7z    ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 -mhc=off -psecret x.7z a.txt && mv x.7z out                                                                ¦ 7z    ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 x.7z a.txt && 7zz a -bso0 -psecret x.7z b.csv && mv x.7z out                                               ¦ 7z    ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 -psecret -m0=PPMd x.7z a.txt && mv x.7z out                                                                ¦ 7z    ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 -m0=PPMd x.7z a.txt && mv x.7z out                                                                         ¦ 7z    ¦ UNKNOWN  ¦ 7z-method
        mkdir -p e/empty && 7zz a -bso0 x.7z e && mv x.7z out                                                                  ¦ 7z    ¦ NONE     ¦ none
        mkdir -p e/empty && : > e/nothing && 7zz a -bso0 x.7z e a.txt && mv x.7z out                                           ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -m0=LZMA x.7z a.txt plain.docx && mv x.7z out                                                              ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -m0=BZip2 x.7z a.txt plain.docx && mv x.7z out                                                             ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -m0=Deflate x.7z a.txt plain.docx && mv x.7z out                                                           ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -m0=Copy x.7z a.txt plain.docx && mv x.7z out                                                              ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -m0=BCJ -m1=LZMA2 x.7z a.txt && mv x.7z out                                                                ¦ 7z    ¦ NONE     ¦ none
        7zz a -bso0 -m0=Delta:4 -m1=LZMA2 x.7z a.txt && mv x.7z out                                                            ¦ 7z    ¦ NONE     ¦ none
        zip -q -P s x.zip a.txt && 7zz a -bso0 y.7z a.txt b.csv plain.docx x.zip && mv y.7z out; rm x.zip                      ¦ 7z    ¦ PASSWORD ¦ zip-crypto
        7zz a -bso0 -psecret x.7z a.txt && 7zz a -bso0 y.7z x.7z && mv y.7z out; rm x.7z                                       ¦ 7z    ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 x.7z a.txt && head -c -10 x.7z > out; rm x.7z                                                              ¦ 7z    ¦ UNKNOWN  ¦ 7z-damaged
        7zz a -bso0 -psecret x.7z a.txt && dd if=/dev/zero of=x.7z bs=1 seek=8 count=24 conv=notrunc && mv x.7z out            ¦ 7z    ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 -mhe=on -psecret x.7z a.txt && dd if=/dev/zero of=x.7z bs=1 seek=8 count=24 conv=notrunc && mv x.7z out    ¦ 7z    ¦ PASSWORD ¦ 7z-names
        7zz a -bso0 x.7z a.txt && dd if=/dev/zero of=x.7z bs=1 seek=8 count=24 conv=notrunc && mv x.7z out                     ¦ 7z    ¦ UNKNOWN  ¦ 7z-damaged
        7zz a -bso0 -psecret x.7z a.txt && dd if=/dev/zero of=x.7z bs=1 seek=8 count=24 conv=notrunc && head -c 100 x.7z > out; rm x.7z ¦ 7z    ¦ UNKNOWN  ¦ 7z-damaged
        7zz a -bso0 -psecret x.7z a.txt && dd if=/dev/zero of=x.7z bs=1 seek=8 count=24 conv=notrunc && zip -q -0 y.zip a.txt x.7z && mv y.zip out; rm x.7z ¦ zip   ¦ PASSWORD ¦ 7z-content
        7zz a -bso0 -psecret x.7z a.txt && dd if=/dev/zero of=x.7z bs=1 seek=8 count=24 conv=notrunc && (cat c.png; cat x.7z) > out; rm x.7z ¦ png   ¦ PASSWORD ¦ 7z-content
        printf '7z\\274\\257\\047\\034\\0\\4\\215\\233\\325\\017\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' > out ¦ 7z    ¦ NONE     ¦ none
        printf '7z\\274\\257\\047\\034\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' > out ¦ 7z    ¦ UNKNOWN  ¦ 7z-damaged
        tar cf out a.txt b.csv plain.docx                                                                                      ¦ tar   ¦ NONE     ¦ none
        zip -q -P s x.zip a.txt && tar cf out a.txt x.zip; rm x.zip                                                            ¦ tar   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && tar czf out a.txt x.zip; rm x.zip                                                           ¦ gz    ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && tar cjf out a.txt x.zip; rm x.zip                                                           ¦ bz2   ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && tar cJf out a.txt x.zip; rm x.zip                                                           ¦ xz    ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && gzip -c x.zip > out; rm x.zip                                                               ¦ gz    ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt && (printf x | gzip -c; gzip -c x.zip) > out; rm x.zip                                         ¦ gz    ¦ PASSWORD ¦ zip-crypto
        gzip -c a.txt > out                                                                                                    ¦ gz    ¦ NONE     ¦ none
        xz -9 -c a.txt > out                                                                                                   ¦ xz    ¦ NONE     ¦ none
        zip -q -P s x.zip a.txt; xz -9e -c x.zip > out; rm x.zip                                                               ¦ xz    ¦ PASSWORD ¦ zip-crypto
        zip -q -P s x.zip a.txt; (xz -9 -c a.txt; printf '\\0\\0\\0\\0'; xz -C sha256 -c b.csv; xz --check=none -c x.zip; xz -C crc32 -c a.txt) > out; rm x.zip ¦ xz ¦ PASSWORD ¦ zip-crypto
        (xz -9 -c a.txt; printf '\\0\\0\\0\\0'; xz -c plain.docx) > out                                                          ¦ xz    ¦ NONE     ¦ none
        (xz -c a.txt; printf 'ab') > out                                                                                       ¦ xz    ¦ UNKNOWN  ¦ content-damaged
        tar cf x.tar a.txt plain.docx && xz -T2 --block-size=4096 -c x.tar > out; rm x.tar                                     ¦ xz    ¦ NONE     ¦ none
        zip -q -P s x.zip a.txt; tar cf x.tar a.txt x.zip && xz --delta=dist=4 --x86 --lzma2=dict=1GiB -c x.tar > out; rm x.zip x.tar ¦ xz ¦ PASSWORD ¦ zip-crypto
        head -c 9000000 /dev/urandom > r; (cat r; head -c 50000000 /dev/zero; cat r) | xz -9 -T1 -c > out; rm r                ¦ xz    ¦ UNKNOWN  ¦ beyond-memory
        head -c 48000000 /dev/urandom > r; 7zz a -bso0 -mx=9 out.7z r; mv out.7z out; rm r                                     ¦ 7z    ¦ NONE     ¦ none
        xz -c a.txt > out                                                                                                      ¦ xz    ¦ NONE     ¦ none
        tar --format=pax --pax-option=comment=x -cf out a.txt plain.pdf                                                        ¦ tar   ¦ NONE     ¦ none
        cat rar5.rar > out                                                                                                     ¦ rar   ¦ NONE     ¦ none
        zip -q x.zip rar5e.rar && mv x.zip out                                                                                 ¦ zip   ¦ PASSWORD ¦ rar-content
        cat plain.pdf > out                                                                                                    ¦ pdf   ¦ NONE     ¦ none
        qpdf --encrypt user owner 256 -- plain.pdf out                                                                         ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --encrypt '' owner 256 -- plain.pdf out                                                                           ¦ pdf   ¦ NONE     ¦ none
        qpdf --allow-weak-crypto --encrypt user owner 256 --force-R5 -- plain.pdf out                                          ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --allow-weak-crypto --encrypt '' owner 256 --force-R5 -- plain.pdf out                                            ¦ pdf   ¦ NONE     ¦ none
        qpdf --allow-weak-crypto --encrypt user owner 128 --use-aes=y -- plain.pdf out                                         ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --allow-weak-crypto --encrypt '' owner 128 --use-aes=y -- plain.pdf out                                           ¦ pdf   ¦ NONE     ¦ none
        qpdf --allow-weak-crypto --encrypt '' owner 128 --use-aes=y --cleartext-metadata -- plain.pdf out                      ¦ pdf   ¦ NONE     ¦ none
        qpdf --allow-weak-crypto --encrypt user owner 128 --use-aes=n -- plain.pdf out                                         ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --allow-weak-crypto --encrypt '' owner 128 --use-aes=n -- plain.pdf out                                           ¦ pdf   ¦ NONE     ¦ none
        qpdf --allow-weak-crypto --encrypt user owner 40 -- plain.pdf out                                                      ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --allow-weak-crypto --encrypt '' owner 40 -- plain.pdf out                                                        ¦ pdf   ¦ NONE     ¦ none
        qpdf --object-streams=generate --encrypt user owner 256 -- plain.pdf out                                               ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --linearize --object-streams=generate --encrypt '' owner 256 -- plain.pdf out                                     ¦ pdf   ¦ NONE     ¦ none
        qpdf --linearize --encrypt user owner 256 -- plain.pdf out                                                             ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        qpdf --encrypt user owner 256 -- plain.pdf x.pdf && zip -q x.zip x.pdf && mv x.zip out; rm x.pdf                       ¦ zip   ¦ PASSWORD ¦ pdf-user-password
        qpdf --encrypt user owner 256 -- plain.pdf x.pdf && (head -c 900 /dev/zero; cat x.pdf) > out; rm x.pdf                 ¦ pdf   ¦ PASSWORD ¦ pdf-user-password
        cat plain.xls > out                                                                                                    ¦ ole2  ¦ NONE     ¦ none
        cat plain.ppt > out                                                                                                    ¦ ole2  ¦ NONE     ¦ none
        cat a.txt > out                                                                                                        ¦ text  ¦ NONE     ¦ none
        iconv -t SHIFT_JIS a.txt > out                                                                                         ¦ text  ¦ NONE     ¦ none
        iconv -t EUC-JP a.txt > out                                                                                            ¦ text  ¦ NONE     ¦ none
        iconv -t ISO-2022-JP a.txt > out                                                                                       ¦ text  ¦ NONE     ¦ none
        iconv -t UTF-16 a.txt > out                                                                                            ¦ text  ¦ NONE     ¦ none
        cat c.png > out                                                                                                        ¦ png   ¦ NONE     ¦ none
        : > out                                                                                                                ¦ empty ¦ NONE     ¦ none
        head -c 5000 /dev/urandom | sed 's/^./x/' > out                                                                        ¦ unknown ¦ NONE     ¦ none
        gcab -c x.cab a.txt && mv x.cab out                                                                                    ¦ cab   ¦ OPAQUE   ¦ cab
        arj a -y x.arj a.txt && mv x.arj out                                                                                   ¦ arj   ¦ OPAQUE   ¦ arj
        arj a -y -gsecret x.arj a.txt && mv x.arj out                                                                          ¦ arj   ¦ OPAQUE   ¦ arj
        xz --format=lzma -c a.txt > out                                                                                        ¦ lzma  ¦ OPAQUE   ¦ lzma
        xz --format=lzma -0 -c plain.pdf > out                                                                                 ¦ lzma  ¦ OPAQUE   ¦ lzma
        7zz a -bso0 -psecret x.7z a.txt; xz --format=lzma -9 x.7z; mv x.7z.lzma out                                            ¦ lzma  ¦ OPAQUE   ¦ lzma
        printf 'ALZ\\001\\012\\0\\0\\0BLZ\\001' > out                                                                          ¦ alz   ¦ OPAQUE   ¦ alz
        printf 'EGGA\\0\\001\\1\\2\\3\\4\\0\\0\\0\\0' > out                                                                    ¦ egg   ¦ OPAQUE   ¦ egg
        printf 'SIT!\\0\\001\\0\\0\\1\\0rLau\\002' > out                                                                       ¦ sit   ¦ OPAQUE   ¦ sit
        printf 'StuffIt (c)1997-2002 Aladdin Systems, Inc., http://www.aladdinsys.com/StuffIt/\\r\\n' > out                    ¦ sit   ¦ OPAQUE   ¦ sit
        printf 'StuffIt!\\0\\0\\0\\011' > out                                                                                 ¦ sit   ¦ OPAQUE   ¦ sit
        printf 'encrcdsa\\0\\0\\0\\002' > out                                                                                 ¦ dmg   ¦ OPAQUE   ¦ dmg
        printf 'EGGAR says: ALZ and StuffIt are archivers.' > out                                                              ¦ text  ¦ NONE     ¦ none
        printf ']\\0\\0\\200\\0\\1\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\0\\0' > out                                         ¦ unknown ¦ NONE  ¦ none
        age-keygen -o k 2>p; age -r "$(sed 's/.*: //' p)" -o out a.txt; rm k p                                                 ¦ age   ¦ OPAQUE   ¦ age
        age-keygen -o k 2>p; age -a -r "$(sed 's/.*: //' p)" -o out a.txt; rm k p                                              ¦ age   ¦ OPAQUE   ¦ age
        openssl enc -aes-256-cbc -pbkdf2 -pass pass:x -in a.txt -out out                                                       ¦ openssl ¦ OPAQUE   ¦ openssl
        openssl enc -a -aes-256-cbc -pbkdf2 -pass pass:x -in a.txt -out out                                                    ¦ openssl ¦ OPAQUE   ¦ openssl
        openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout k -out c && openssl cms -encrypt -outform DER -in a.txt -out out c; rm k c ¦ cms   ¦ OPAQUE   ¦ cms
        """)
    void isKnown(String script, String type, Protection protection, String detail) throws Exception {
        byte[] file = workshop.make(script);
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("attachment", Octets.of(file));
        assertThat(findings.type().id() + " " + findings.protection() + " " + findings.detail()).isEqualTo(type + " " + protection + " " + detail);

        var sniffer = new Sniffer();
        for (int at = 0; at < file.length; at += 777) {
            sniffer.write(file, at, Math.min(777, file.length - at));
        }
        assertThat(sniffer.needsLook("attachment") || protection == Protection.NONE).as("nothing is missed where only what is worth it is looked into").isTrue();
    }

    /** Many, large, or packed once more: what they hold is open, and all limits are far away. */
    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        for i in $(seq 40); do cp plain.docx d$i.docx; done; tar cf out d*.docx
        for i in $(seq 40); do cp plain.docx d$i.docx; done; tar czf out d*.docx
        cp plain.docx d1.docx; cp plain.docx d3.docx; mv r d2.jpg; tar cf out d1.docx d2.jpg d3.docx
        zip -q d.zip r; 7zz a -bso0 d.7z d.zip; mv d.7z out
        zip -q d.zip r; gzip -c d.zip > out
        zip -q d.zip r; xz -c d.zip > out
        zip -q d.zip r; tar czf out d.zip
        for i in $(seq 60); do zip -q -0 d$i.zip r; done; tar czf out d*.zip
        for i in $(seq 60); do zip -q -0 d$i.zip r; done; tar cJf out d*.zip
        for i in $(seq 60); do zip -q -0 d$i.zip r; done; zip -q -0 d.zip d*.zip; zip -q x.zip d.zip; mv x.zip out
        for i in $(seq 60); do zip -q d$i.zip r; done; zip -q d.zip d*.zip; zip -q x.zip d.zip; mv x.zip out
        for i in $(seq 60); do zip -q -0 d$i.zip r; done; 7zz a -bso0 -m0=lzma2:d=30m:a=0 d.7z d*.zip; mv d.7z out
        for i in $(seq 90); do cat r; done > d; zip -q d.zip d; cp d.zip e.zip; 7zz a -bso0 -m0=lzma2:d=32m:a=0 d.7z d.zip e.zip; mv d.7z out
        """)
    void ordinaryArchivesAreReadToTheirEnd(String script) throws Exception {
        byte[] file = workshop.make("head -c 300000 /dev/urandom > r; trap 'rm -f d* e.zip r' EXIT; " + script);
        assertThat(StraysTest.look(file)).isEqualTo("NONE none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        gpg $G -c -o out a.txt
        gpg $G -c --armor -o out a.txt
        gpg $G -c --cipher-algo CAST5 -o out a.txt
        gpg $G --quick-gen-key a@example.jp future-default default never && gpg $G -r a@example.jp -e -o out a.txt
        (printf '\\312\\003PGP'; gpg $G -c -o - a.txt) > out
        (printf '\\250\\003PGP\\375\\003abc'; gpg $G -c -o - a.txt) > out
        (printf '\\325\\003abc'; gpg $G -c -o - a.txt) > out
        (printf '\\325\\377\\0\\0\\040\\0'; head -c 8192 /dev/zero; gpg $G -c -o - a.txt) > out
        (for i in $(seq 2000); do printf '\\312\\003PGP'; done; gpg $G -c -o - a.txt) > out
        (printf '\\243\\0'; gpg $G -c -o - a.txt) > out
        gpg $G --store -o out a.txt
        gpg $G --store --compress-algo zlib -o out a.txt
        gpg $G --store --compress-algo bzip2 -o out a.txt
        gpg $G --quick-gen-key a@example.jp future-default default never && gpg $G -z 0 -s -o out a.txt
        gpg $G --quick-gen-key a@example.jp future-default default never && gpg $G -r a@example.jp -e -s --armor -o out a.txt
        """)
    void whatGpgEncryptsIsOpaque(String script) throws Exception {
        byte[] file = workshop.make("mkdir -p -m 700 home; echo s2k-count 65536 > home/gpg-agent.conf; G='--homedir home --batch --yes --quiet --pinentry-mode loopback --passphrase x'; "
                + "trap 'gpgconf --homedir home --kill all; rm -rf home' EXIT; " + script);
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("a.txt", Octets.of(file));
        assertThat(findings).isEqualTo(new Findings(Format.GPG.type(), Protection.OPAQUE, "gpg"));
    }

}
