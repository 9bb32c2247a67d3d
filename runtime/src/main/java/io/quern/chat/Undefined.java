package io.quern.chat;

/** What a missing name or attribute evaluates to: prints as nothing, is false and empty, and refuses all else. */
record Undefined(String message) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined attribute(Object owner, String name) {
        return new Undefined("'" + Values.describe(owner) + "' has no attribute '"
                + (name.length() <= 100 ? name : name.substring(0, 100) + "...") + "'");
    }

    TemplateError error() {
        return new TemplateError(message);
    }

    /** All are equal, as in Jinja. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
