package io.quern.chat;

/** Something that a template can call. */
interface Callable {
    String name();

    Object call(Arguments arguments);

    /** A callable from a name and a function. */
    static Callable of(String name, java.util.function.Function<Arguments, Object> function) {
        return new Callable() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Object call(Arguments arguments) {
                return function.apply(arguments);
            }
        };
    }
}
