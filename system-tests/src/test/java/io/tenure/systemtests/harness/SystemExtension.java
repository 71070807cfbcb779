package io.tenure.systemtests.harness;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Gives every class the one system, stops it after the last, and says with a failure what the services say. */
public final class SystemExtension
        implements ParameterResolver, TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SystemExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SystemUnderTest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return attempt(context).system();
    }

    /** The one attempt to start it: what fails once is not tried again for each class. */
    private static final class Attempt implements AutoCloseable {

        private SystemUnderTest system;
        private Throwable failure;

        private Attempt() {
            try {
                system = SystemUnderTest.start();
            } catch (IOException | RuntimeException | LinkageError e) {
                failure = e;
            }
        }

        private SystemUnderTest system() {
            if (failure != null) {
                throw new ParameterResolutionException("the system did not start: " + failure.getMessage(), failure);
            }
            return system;
        }

        @Override
        public void close() throws IOException {
            if (system != null) {
                system.close();
            }
        }
    }

    private static Attempt attempt(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent("system", key -> new Attempt(), Attempt.class);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw reported(context, failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw reported(context, failure);
    }

    private static Throwable reported(ExtensionContext context, Throwable failure) {
        var system = attempt(context).system();
        // A failure that several tests wait for is reported once.
        if (!system.markFailed(failure)) {
            return failure;
        }
        System.err.println("\nFailed: " + context.getDisplayName() + ": " + failure.getMessage());
        System.err.println(system.report(String.valueOf(failure.getMessage())));
        return failure;
    }
}
