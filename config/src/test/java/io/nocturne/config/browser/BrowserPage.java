package io.nocturne.config.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import javax.imageio.ImageIO;

/** One tab of the browser, as a person uses it: looks, clicks, types. One thread. */
final class BrowserPage implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_MILLIS = 45_000;

    private final Chromium browser;
    private final String session;
    private final String target;

    BrowserPage(Chromium browser, String session, String target) {
        this.browser = browser;
        this.session = session;
        this.target = target;
    }

    void size(int width, int height) {
        ask(
                "Emulation.setDeviceMetricsOverride",
                object().put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", false));
    }

    /** Makes the page's scripts run that many times slower. */
    void slowDown(int times) {
        ask("Emulation.setCPUThrottlingRate", object().put("rate", times));
    }

    void go(URI address) {
        ask("Page.enable", object());
        ask("Page.navigate", object().put("url", address.toString()));
    }

    /** The value of an expression; promises are waited for. */
    JsonNode eval(String expression) {
        JsonNode result = ask(
                "Runtime.evaluate",
                object().put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true)
                        .put("userGesture", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + " threw " + result.path("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    /** Waits until an expression is true; returns its value. */
    JsonNode await(String expression) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        String last = "";
        while (System.nanoTime() < end) {
            try {
                JsonNode value = eval(expression);
                if (says(value)) {
                    return value;
                }
                last = value.toString();
            } catch (AssertionError notYet) {
                last = notYet.getMessage(); // the page is still being loaded
            }
            Thread.sleep(50);
        }
        throw new AssertionError("Not within " + PATIENCE_MILLIS + " ms: " + expression + "; last " + last
                + "; the page says " + eval("document.body.innerText"));
    }

    private static boolean says(JsonNode value) {
        boolean no = value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isTextual() && value.asText().isEmpty());
        return !no;
    }

    String text(String selector) {
        return eval("document.querySelector('" + selector + "').textContent").asText();
    }

    /** Clicks the middle of an element with the mouse. */
    void click(String selector) throws InterruptedException {
        JsonNode at = await("(() => { const e = document.querySelector('" + selector + "');"
                + " const b = e && !e.disabled && e.getBoundingClientRect();"
                + " return b && b.width ? [b.left + b.width / 2, b.top + b.height / 2] : false; })()");
        double x = at.path(0).asDouble();
        double y = at.path(1).asDouble();
        mouse("mouseMoved", x, y, 0);
        mouse("mousePressed", x, y, 1);
        mouse("mouseReleased", x, y, 1);
    }

    /** Drags with the left button. */
    void drag(double fromX, double fromY, double toX, double toY) {
        mouse("mouseMoved", fromX, fromY, 0);
        mouse("mousePressed", fromX, fromY, 1);
        mouse("mouseMoved", (fromX + toX) / 2, (fromY + toY) / 2, 1);
        mouse("mouseMoved", toX, toY, 1);
        mouse("mouseReleased", toX, toY, 1);
    }

    void point(double x, double y) {
        mouse("mouseMoved", x, y, 0);
    }

    void wheel(double x, double y, double deltaY) {
        ask(
                "Input.dispatchMouseEvent",
                object().put("type", "mouseWheel")
                        .put("x", x)
                        .put("y", y)
                        .put("deltaX", 0)
                        .put("deltaY", deltaY));
    }

    /** Chooses from a list, as a person does. */
    void choose(String selector, String value) {
        eval("(() => { const list = document.querySelector('" + selector + "'); list.value = '" + value
                + "'; list.dispatchEvent(new Event('change', { bubbles: true })); return true; })()");
    }

    void key(String key) {
        ask(
                "Input.dispatchKeyEvent",
                object().put("type", "keyDown").put("key", key).put("text", key));
        ask("Input.dispatchKeyEvent", object().put("type", "keyUp").put("key", key));
    }

    void type(String words) {
        ask("Input.insertText", object().put("text", words));
    }

    /** What is on the screen. */
    BufferedImage screenshot() throws IOException {
        String png = ask("Page.captureScreenshot", object().put("format", "png"))
                .path("data")
                .asText();
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(png)));
    }

    private void mouse(String type, double x, double y, int buttons) {
        ask(
                "Input.dispatchMouseEvent",
                object().put("type", type)
                        .put("x", x)
                        .put("y", y)
                        .put("button", type.equals("mouseMoved") && buttons == 0 ? "none" : "left")
                        .put("buttons", type.equals("mouseReleased") ? 0 : buttons)
                        .put("clickCount", type.equals("mouseMoved") ? 0 : 1));
    }

    private JsonNode ask(String method, ObjectNode parameters) {
        return browser.ask(method, parameters, session);
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }

    @Override
    public void close() {
        browser.ask("Target.closeTarget", object().put("targetId", target), "");
    }
}
