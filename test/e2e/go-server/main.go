// Command go-server ends TLS as go does and passes what is inside on to a plain server; its arguments are the certificate, the key, the port of
// that server and what is odd: "mlkem1024" takes that key exchange group alone, "tls12" that version, "late-alert" refuses everybody once its Finished is sent.
// It prints its own port.
package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	certificate, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
	if err != nil {
		panic(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	switch os.Args[4] {
	case "mlkem1024":
		config.CurvePreferences = []tls.CurveID{tls.SecP384r1MLKEM1024}
	case "tls12":
		config.MaxVersion = tls.VersionTLS12
	case "late-alert":
		config.VerifyConnection = func(tls.ConnectionState) error { return errors.New("nobody is let in") }
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		client, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(tls.Server(client, config), os.Args[3])
	}
}

func serve(client *tls.Conn, port string) {
	defer client.Close()
	if client.Handshake() != nil {
		// Octets that nobody reads would turn the end into a reset.
		io.Copy(io.Discard, client.NetConn())
		return
	}
	inner, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		return
	}
	defer inner.Close()
	go io.Copy(inner, client)
	io.Copy(client, inner)
}
