package sekisho.inspection;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What we know of a type: its public face, and what to do with a file of it. */
enum Format {
    ZIP("zip", "application/zip", Way.READ),
    SEVEN_ZIP("7z", "application/x-7z-compressed", Way.READ),
    RAR("rar", "application/vnd.rar", Way.READ),
    TAR("tar", "application/x-tar", Way.READ),
    GZIP("gz", "application/gzip", Way.READ),
    BZIP2("bz2", "application/x-bzip2", Way.READ),
    XZ("xz", "application/x-xz", Way.READ),
    PDF("pdf", "application/pdf", Way.READ),
    OLE2("ole2", "application/x-ole-storage", Way.READ),
    TNEF("tnef", "application/vnd.ms-tnef", Way.READ),
    RTF("rtf", "application/rtf", Way.READ),
    EXE("exe", "application/vnd.microsoft.portable-executable", Way.READ),
    ELF("elf", "application/x-executable", Way.READ),
    MESSAGE("eml", "message/rfc822", Way.READ),
    SIGNED("cms-signed", "application/pkcs7-mime", Way.READ),
    PEM("pem", "application/x-pem-file", Way.READ),
    PKCS12("p12", "application/x-pkcs12", Way.READ),
    KEY("key", "application/pkcs8-encrypted", Way.READ),
    DWG("dwg", "image/vnd.dwg", Way.READ),
    BINHEX("hqx", "application/mac-binhex40", Way.READ),
    UNKNOWN("unknown", "application/octet-stream", Way.READ),

    LZH("lzh", "application/x-lzh-compressed", Way.OPAQUE),
    ARJ("arj", "application/x-arj", Way.OPAQUE),
    CAB("cab", "application/vnd.ms-cab-compressed", Way.OPAQUE),
    /** RAR before 1.50. */
    RAR_1("rar-1", "application/vnd.rar", Way.OPAQUE),
    ACE("ace", "application/x-ace-compressed", Way.OPAQUE),
    ZOO("zoo", "application/x-zoo", Way.OPAQUE),
    ZSTD("zst", "application/zstd", Way.OPAQUE),
    LZ4("lz4", "application/x-lz4", Way.OPAQUE),
    LZIP("lz", "application/lzip", Way.OPAQUE),
    COMPRESS("z", "application/x-compress", Way.OPAQUE),
    LZMA("lzma", "application/x-lzma", Way.OPAQUE),
    ALZ("alz", "application/x-alz-compressed", Way.OPAQUE),
    EGG("egg", "application/x-egg-compressed", Way.OPAQUE),
    STUFFIT("sit", "application/x-stuffit", Way.OPAQUE),
    DMG("dmg", "application/x-apple-diskimage", Way.OPAQUE),
    WIM("wim", "application/x-ms-wim", Way.OPAQUE),
    ISO("iso", "application/vnd.efi.iso", Way.OPAQUE),
    VHD("vhd", "application/octet-stream", Way.OPAQUE),
    VHDX("vhdx", "application/octet-stream", Way.OPAQUE),
    VDI("vdi", "application/octet-stream", Way.OPAQUE),
    VMDK("vmdk", "application/octet-stream", Way.OPAQUE),
    QCOW("qcow", "application/octet-stream", Way.OPAQUE),
    PARALLELS("hdd", "application/octet-stream", Way.OPAQUE),
    DISK("img", "application/vnd.efi.img", Way.OPAQUE),
    SQUASHFS("squashfs", "application/octet-stream", Way.OPAQUE),
    CRAMFS("cramfs", "application/octet-stream", Way.OPAQUE),
    AR("ar", "application/x-archive", Way.OPAQUE),
    CPIO("cpio", "application/x-cpio", Way.OPAQUE),
    RPM("rpm", "application/x-rpm", Way.OPAQUE),
    XAR("xar", "application/x-xar", Way.OPAQUE),
    FREEARC("arc", "application/x-freearc", Way.OPAQUE),
    LZOP("lzo", "application/x-lzop", Way.OPAQUE),
    CHM("chm", "application/vnd.ms-htmlhelp", Way.OPAQUE),
    ONENOTE("one", "application/onenote", Way.OPAQUE),
    PST("pst", "application/octet-stream", Way.OPAQUE),
    GPG("gpg", "application/pgp-encrypted", Way.OPAQUE),
    AGE("age", "application/octet-stream", Way.OPAQUE),
    CMS("cms", "application/pkcs7-mime", Way.OPAQUE),
    JKS("jks", "application/x-java-keystore", Way.OPAQUE),
    OPENSSL("openssl", "application/octet-stream", Way.OPAQUE),
    KEEPASS("kdbx", "application/octet-stream", Way.OPAQUE),
    LUKS("luks", "application/octet-stream", Way.OPAQUE),
    ATTACHE_CASE("atc", "application/octet-stream", Way.OPAQUE),
    AES_CRYPT("aes", "application/octet-stream", Way.OPAQUE),
    AX_CRYPT("axx", "application/octet-stream", Way.OPAQUE),
    /** A message of Microsoft's rights management. */
    RIGHTS_MANAGED("rpmsg", "application/x-microsoft-rpmsg-message", Way.OPAQUE),
    ACCESS("access", "application/vnd.ms-access", Way.OPAQUE),

    EMPTY("empty", "application/octet-stream", Way.LEAF),
    TEXT("text", "text/plain", Way.LEAF),
    PGP("pgp", "application/pgp-keys", Way.LEAF),
    PNG("png", "image/png", Way.LEAF),
    JPEG("jpeg", "image/jpeg", Way.LEAF),
    GIF("gif", "image/gif", Way.LEAF),
    BMP("bmp", "image/bmp", Way.LEAF),
    TIFF("tiff", "image/tiff", Way.LEAF),
    WEBP("webp", "image/webp", Way.LEAF),
    PSD("psd", "image/vnd.adobe.photoshop", Way.LEAF),
    WAV("wav", "audio/vnd.wave", Way.LEAF),
    MP3("mp3", "audio/mpeg", Way.LEAF),
    OGG("ogg", "application/ogg", Way.LEAF),
    FLAC("flac", "audio/flac", Way.LEAF),
    AVI("avi", "video/vnd.avi", Way.LEAF),
    MP4("mp4", "video/mp4", Way.LEAF),
    HEIC("heic", "image/heic", Way.LEAF),
    MKV("mkv", "video/matroska", Way.LEAF),
    SQLITE("sqlite", "application/vnd.sqlite3", Way.LEAF);

    /** How a file of a format is treated. */
    enum Way {
        /** Its reader tells more than the format does. */
        READ,
        /** All that can be said is that we can't see into it. */
        OPAQUE,
        /** Nothing that needs a password can be in it. */
        LEAF
    }

    private static final Map<String, Format> BY_ID = Arrays.stream(values()).collect(Collectors.toMap(each -> each.type.id(), Function.identity()));

    private final FileType type;
    private final Way way;

    Format(String id, String mediaType, Way way) {
        this.type = new FileType(id, mediaType, way != Way.LEAF && !id.equals("unknown") && !id.equals("dwg"));
        this.way = way;
    }

    FileType type() {
        return type;
    }

    Way way() {
        return way;
    }

    /** Whether a container's content of this format can tell anything. */
    boolean isWorthReading() {
        return this != UNKNOWN && way != Way.LEAF;
    }

    /** What a look treats a type as. One that is refined by a look, such as OOXML, needs the look. */
    static Way wayOf(FileType type) {
        Format format = BY_ID.get(type.id());
        return format == null ? Way.READ : format.way;
    }
}
