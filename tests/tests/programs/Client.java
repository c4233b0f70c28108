import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Reads a stream as every program does that uses the JDK's client, and says what comes. */
public class Client {
    public static void main(String[] args) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(args[0]))
                .header("Accept", "text/event-stream")
                .build();
        // Over http:// it offers to go on with HTTP/2: `Upgrade: h2c`.
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofLines());
        System.out.println("status " + response.statusCode());
        response.body().forEach(System.out::println);
    }
}
