package io.quern.sampling;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Bytes allocated by the current thread since it began. By method handle, as the module that tests are part of does not
 * read {@code jdk.management}.
 */
final class AllocatedBytes {
    private static final MethodHandle BYTES = find();

    private AllocatedBytes() {}

    static long now() {
        try {
            return (long) BYTES.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static MethodHandle find() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> beans = Class.forName("java.lang.management.ManagementFactory");
            Class<?> beanType = Class.forName("java.lang.management.ThreadMXBean");
            Class<?> threads = Class.forName("com.sun.management.ThreadMXBean");
            Object bean = lookup.findStatic(beans, "getThreadMXBean", MethodType.methodType(beanType)).invoke();
            return lookup.findVirtual(threads, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
                    .bindTo(bean);
        } catch (Throwable t) {
            throw new AssertionError("this JVM does not count allocated bytes", t);
        }
    }
}
