package io.quern.chat;

/**
 * What one rendering may use. A step is one evaluated node, one element visited, or some dozens of characters looked
 * at, so that time is bounded whatever the template does; text and lists created are counted too, so that memory is.
 * The limits are far above what real templates and conversations need.
 */
final class Budget {
    static final int MAX_SOURCE_LENGTH = 1 << 20;
    static final int MAX_SOURCE_DEPTH = 100;
    /** Characters of a name or a number in the source, and of a path such as {@code "a.b"}. */
    static final int MAX_NAME = 1_000;
    static final int MAX_DEPTH = 500;
    static final int MAX_STEPS = 10_000_000;
    /** Characters of one text, the output included. */
    static final int MAX_TEXT = 16 << 20;
    /** Characters of all texts made on the way together; an element of a list counts as {@value #ELEMENT_SIZE}. */
    static final int MAX_CREATED = 128 << 20;
    static final int MAX_ELEMENTS = 1 << 20;
    private static final int ELEMENT_SIZE = 8;
    private static final int CHARACTERS_PER_STEP = 64;

    private long steps;
    private long created;
    private int depth;

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new TemplateError("the template takes more than " + MAX_STEPS + " steps");
        }
    }

    /** Before {@code characters} are looked at {@code times} times. */
    void scan(long characters, long times) {
        steps(1 + characters * Math.max(1, times) / CHARACTERS_PER_STEP);
    }

    /** Before a text of so many characters is made. */
    void text(long characters) {
        if (characters > MAX_TEXT) {
            throw new TemplateError("the template makes a text of more than " + MAX_TEXT + " characters");
        }
        create(characters);
        steps(1 + characters / CHARACTERS_PER_STEP);
    }

    /** Before a list of so many elements is made. */
    void elements(long count) {
        if (count > MAX_ELEMENTS) {
            throw new TemplateError("the template makes a list of more than " + MAX_ELEMENTS + " elements");
        }
        create(count * ELEMENT_SIZE);
        steps(count);
    }

    private void create(long characters) {
        created += characters;
        if (created > MAX_CREATED) {
            throw new TemplateError("the template makes more than " + MAX_CREATED + " characters of text and lists");
        }
    }

    void enter() {
        steps(1);
        if (++depth > MAX_DEPTH) {
            throw new TemplateError("the template nests or recurses more than " + MAX_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
