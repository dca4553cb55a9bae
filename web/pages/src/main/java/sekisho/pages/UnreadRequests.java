package sekisho.pages;

import io.quarkus.arc.Unremovable;
import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import io.vertx.core.metrics.impl.DummyVertxMetrics;
import io.vertx.core.spi.metrics.HttpServerMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import io.vertx.core.spi.observability.HttpResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts our headers on the answers to requests that no handler ever sees, since the HTTP server can't read them or doesn't want to: 400, 414 and
 * 431. Quarkus lets nobody else answer these, so they are met where the server tells its metrics that a response begins: its headers can
 * still be changed then. Every answer that {@link RequestGuard} has seen has them already and stays as it is.
 */
@Unremovable
@ApplicationScoped
class UnreadRequests implements VertxOptionsCustomizer {

    private final Instance<PagesConfig> config;
    private volatile @Nullable SecurityHeaders headers;

    /** @param config is asked at the first such request: the server is made before the rest */
    UnreadRequests(Instance<PagesConfig> config) {
        this.config = config;
    }

    @Override
    public void accept(VertxOptions options) {
        var metrics = options.getMetricsOptions();
        var factory = metrics.getFactory();
        options.setMetricsOptions(metrics.setEnabled(true).setFactory(all ->
            beside(VertxMetrics.class, factory == null ? DummyVertxMetrics.INSTANCE : factory.metrics(all), this::server)));
    }

    /** What happens beside a call of some metric; gives what the call is to return. */
    @FunctionalInterface
    private interface Beside {
        @Nullable Object called(String method, List<Object> arguments, @Nullable Object result);
    }

    private @Nullable Object server(String method, List<Object> arguments, @Nullable Object result) {
        if (!method.equals("createHttpServerMetrics")) {
            return result;
        }
        return beside(HttpServerMetrics.class, result instanceof HttpServerMetrics<?, ?, ?> server ? server : new HttpServerMetrics<>() { }, this::response);
    }

    private @Nullable Object response(String method, List<Object> arguments, @Nullable Object result) {
        if (method.equals("responseBegin") && arguments.getLast() instanceof HttpResponse response) {
            complete(response);
        }
        return result;
    }

    void complete(HttpResponse response) {
        boolean unread = response.statusCode() / 100 == 4 && !response.headers().contains("Content-Security-Policy");
        if (unread) {
            headers().always().forEach(response.headers()::set);
            response.headers().set("Cache-Control", "no-store");
        }
    }

    private SecurityHeaders headers() {
        var made = headers;
        if (made == null) {
            made = new SecurityHeaders(config.get().publicOrigin(), config.get().identityProvider());
            headers = made;
        }
        return made;
    }

    private static <T> T beside(Class<T> type, T metrics, Beside beside) {
        InvocationHandler handler = (_, method, arguments) -> {
            try {
                List<Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
                return beside.called(method.getName(), given, method.invoke(metrics, arguments));
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
