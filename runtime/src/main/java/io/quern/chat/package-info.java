/**
 * An interpreter for the Jinja language, as far as chat templates use it: source to tokens ({@code Lexer}), tokens to a
 * tree ({@code TemplateParser}, {@code ExpressionParser}), tree and variables to text ({@code Interpreter}).
 *
 * <p>A template comes with a model file and is hostile until proved otherwise. It reaches nothing but the values given
 * to it: attributes, methods, filters, tests and globals are fixed tables, values are never changed, and a {@code
 * Budget} bounds steps, text and depth. Values follow Python: {@code null} is None, integers are {@code Long}, floats
 * {@code Double}, text counts code points.
 *
 * <p>Only {@link io.quern.chat.Template} is meant for the rest of the runtime.
 */
package io.quern.chat;
