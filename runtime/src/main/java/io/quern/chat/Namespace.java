package io.quern.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code namespace(...)}: the one thing whose fields a template may set, from any scope. */
final class Namespace {
    final Map<String, Object> fields = new LinkedHashMap<>();
}
