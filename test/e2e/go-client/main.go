// Command go-client does one TLS handshake after the other with one address, configured as net/http configures the go command's,
// and prints one JSON line for each: the error's text, "" for none.
package main

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"os"
	"strconv"
	"time"
)

func main() {
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	for i := 0; i < count; i++ {
		if err := out.Encode(shakeHands(os.Args[1])); err != nil {
			panic(err)
		}
	}
}

func shakeHands(address string) string {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "dial: " + err.Error()
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	session := tls.Client(conn, &tls.Config{ServerName: "lab.test", NextProtos: []string{"h2", "http/1.1"}})
	if err := session.Handshake(); err != nil {
		return err.Error()
	}
	return ""
}
