package io.quern.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * Makes the Vector API available to a JVM that was started without {@code --add-modules jdk.incubator.vector}.
 *
 * <p>With that flag every start prints "WARNING: Using incubator modules", and no option turns it off. The JDK can also
 * load one of its own modules later, as it does with {@code java.instrument} when an agent attaches: the module comes
 * from the same place and belongs to the boot loader just the same, so C2's intrinsics apply, and nothing is printed.
 * The manifest of quern-app.jar exports the internal package that this needs ({@code Add-Exports}).
 *
 * <p>No class that mentions a vector type may be loaded before {@link #load} returns.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    private VectorModule() {}

    /** Loads the module unless it is there; true if it is there now. */
    static boolean load() {
        if (ModuleLayer.boot().findModule(NAME).isPresent()) {
            return true;
        }
        try {
            Class.forName("jdk.internal.module.Modules").getMethod("loadModule", String.class).invoke(null, NAME);
            return true;
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException
                | InvocationTargetException e) {
            return false;
        }
    }
}
