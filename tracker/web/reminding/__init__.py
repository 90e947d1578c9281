"""What will be sent: to whom on a day, and which escalations are ahead."""
