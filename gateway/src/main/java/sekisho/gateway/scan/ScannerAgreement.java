package sekisho.gateway.scan;

import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.files.ScannerConfig;
import sekisho.gateway.outbox.Nodes;

/**
 * Whether the nodes that take files in and those that can open them scan with the same scanner. Where one of them has none, what it lets in
 * isn't scanned, or what waits for a scan is never looked at. It is said in the log when it begins, and when it is over.
 */
@ApplicationScoped
public class ScannerAgreement {

    private final Nodes nodes;
    private final String own;
    private volatile boolean takesPart;
    private @Nullable List<String> told;

    ScannerAgreement(Nodes nodes, ScannerConfig config) {
        this.nodes = nodes;
        this.own = config.address().map(String::strip).orElse("");
    }

    /** This node takes files in, or opens them. */
    public void takesPart() {
        takesPart = true;
        nodes.scansWith(own);
    }

    /** What other nodes scan with, as far as it isn't what this one does; empty text for nothing. In order. */
    public List<String> others() {
        return takesPart ? nodes.otherScanners().stream().filter(other -> !other.equals(own)).sorted().toList() : List.of();
    }

    @Scheduled(every = "15s", delayed = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            tell(others());
        } catch (PersistenceException unavailable) {
            Log.debugf("what other nodes scan with can't be asked: %s", unavailable.getMessage());
        }
    }

    private void tell(List<String> others) {
        if (!others.isEmpty() && !others.equals(told)) {
            Log.warnf("this node scans with %s, another with %s: set gateway.scanner.address alike for mail and web, see docs/operations/malware.md",
                words(own), others.stream().map(ScannerAgreement::words).collect(Collectors.joining(", ")));
        } else if (others.isEmpty() && told != null && !told.isEmpty()) {
            Log.info("all nodes scan with the same scanner");
        }
        told = others;
    }

    private static String words(String address) {
        return address.isEmpty() ? "nothing" : address;
    }
}
