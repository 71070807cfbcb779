package io.tenure.local.server;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * SLF4J onto standard error, a line an event, for the JVMs of this module. It is chosen by the property
 * {@code slf4j.provider} rather than registered as a service, so that it never meets the provider of a test's class path.
 * The property {@code tenure.log.level} sets the lowest level (default INFO).
 */
public final class PlainLogs implements SLF4JServiceProvider {

    private static final Level LOWEST = Level.valueOf(System.getProperty("tenure.log.level", "INFO"));

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new NOPMDCAdapter();

    @Override
    public ILoggerFactory getLoggerFactory() {
        return StandardErrorLogger::new;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // Nothing to prepare.
    }

    private static final class StandardErrorLogger extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1;

        StandardErrorLogger(String name) {
            this.name = name;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
            var message = MessageFormatter.basicArrayFormat(pattern, arguments);
            var line = new StringBuilder()
                    .append(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append(level)
                    .append(' ')
                    .append(name)
                    .append(' ')
                    .append(message);
            synchronized (PlainLogs.class) {
                System.err.println(line);
                if (thrown != null) {
                    thrown.printStackTrace(System.err);
                }
            }
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        public boolean isTraceEnabled() {
            return isEnabled(Level.TRACE);
        }

        @Override
        public boolean isDebugEnabled() {
            return isEnabled(Level.DEBUG);
        }

        @Override
        public boolean isInfoEnabled() {
            return isEnabled(Level.INFO);
        }

        @Override
        public boolean isWarnEnabled() {
            return isEnabled(Level.WARN);
        }

        @Override
        public boolean isErrorEnabled() {
            return isEnabled(Level.ERROR);
        }

        private static boolean isEnabled(Level level) {
            return level.toInt() >= LOWEST.toInt();
        }
    }
}
