package io.tenure.benchmarks.cost;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The management beans of a JVM of this machine and user, through the Attach API. */
final class RemoteJvm implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    private RemoteJvm(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
    }

    static RemoteJvm attach(long pid) throws IOException {
        try {
            var machine = VirtualMachine.attach(Long.toString(pid));
            try {
                var address = machine.startLocalManagementAgent();
                return new RemoteJvm(JMXConnectorFactory.connect(new JMXServiceURL(address)));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("The JVM " + pid + " cannot be attached to", e);
        }
    }

    /** Bytes that all threads have allocated on the heap since the start, ended threads included. */
    long allocatedBytes() throws IOException {
        return sum("java.lang:type=Threading", "TotalThreadAllocatedBytes");
    }

    /** The sum of a numeric attribute over all beans of a pattern; 0 where there are none yet. */
    long sum(String pattern, String attribute) throws IOException {
        try {
            long sum = 0;
            for (var name : beans.queryNames(new ObjectName(pattern), null)) {
                sum += ((Number) beans.getAttribute(name, attribute)).longValue();
            }
            return sum;
        } catch (JMException e) {
            throw new IOException(attribute + " of " + pattern, e);
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
