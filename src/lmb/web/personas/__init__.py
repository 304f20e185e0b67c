"""One sign-in for each role of the demonstration, without an identity: to look around with. Where
`PERSONAS` is off there are none, and no address of this folder answers."""
